"""Values between the elements of images: PyTorch's, recorded, and derivatives of every order."""

import numpy as np
import pytest

from backend import assert_close, t64, torch, wengert_only

F = torch.nn.functional
IMAGE = np.sin(np.arange(12.0)).reshape(1, 1, 3, 4)
PLACES = np.array([[[[-1.4, 0.3], [0.2, -0.9], [0.55, 1.7]]]])
SAMPLED = {
    ("bilinear", "zeros", True): [-0.0931817091, 0.7646271992, -0.2076633201],
    ("bilinear", "zeros", False): [0.0, 0.5866346087, 0.0],
    ("bilinear", "border", True): [-0.2329542727, 0.7646271992, -0.692211067],
    ("bilinear", "border", False): [0.0289698386, 0.9025147826, -0.8176025683],
    ("bilinear", "reflection", True): [-0.4217485771, 0.7646271992, -0.1902226918],
    ("bilinear", "reflection", False): [-0.0823076228, 0.9025147826, -0.2125869878],
    ("nearest", "zeros", True): [0.0, 0.9092974268, 0.0],
    ("nearest", "border", False): [-0.7568024953, 0.9092974268, -0.9999902066],
    ("nearest", "reflection", True): [-0.9589242747, 0.9092974268, -0.2794154982],
    ("bicubic", "zeros", True): [-0.086513864, 0.928748753, -0.2806209407],
    ("bicubic", "zeros", False): [-0.0025956152, 0.7874311655, 0.0835241658],
    ("bicubic", "border", True): [-0.3226889459, 0.8685272593, -0.8308505764],
    ("bicubic", "border", False): [-0.0590993358, 1.1057468382, -0.8919162484],
    ("bicubic", "reflection", True): [-0.5309556739, 0.958744343, -0.2323667635],
    ("bicubic", "reflection", False): [-0.1924233892, 1.1863354003, -0.2156602165],
}


@pytest.mark.parametrize("case", SAMPLED, ids=str)
def test_values_at_the_places_of_a_grid(case):
    mode, padding, aligned = case
    image, places = t64(IMAGE, True), t64(PLACES, True)
    found = F.grid_sample(image, places, mode, padding, aligned)
    assert_close(found.reshape(-1), SAMPLED[case], rtol=1e-8)
    torch.autograd.gradcheck(lambda x, p: F.grid_sample(x, p, mode, padding, aligned), (image, places))
    if mode == "nearest":
        assert torch.autograd.grad(found.sum(), places)[0].abs().sum() == 0


def test_volumes_are_sampled():
    x, p = t64(np.arange(8.0).reshape(1, 1, 2, 2, 2)), t64([[[[[0.0, 0.0, 0.0], [1.0, -1.0, 1.0]]]]])
    assert_close(F.grid_sample(x, p, align_corners=True).reshape(-1), [3.5, 5.0])
    assert_close(F.grid_sample(x, p, align_corners=False).reshape(-1), [3.5, 0.625])


@pytest.mark.parametrize("aligned", [True, False])
def test_the_identity_gives_the_image_back(aligned):
    still = t64([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]], True)
    places = F.affine_grid(still, (1, 1, 3, 4), align_corners=aligned)
    assert_close(F.grid_sample(t64(IMAGE), places, align_corners=aligned), IMAGE)
    torch.autograd.gradcheck(lambda a: F.affine_grid(a, (1, 2, 2, 3), align_corners=aligned), (still,))
    solid = t64(np.eye(3, 4)[None])
    cube = t64(np.arange(12.0).reshape(1, 1, 2, 3, 2))
    places = F.affine_grid(solid, cube.shape, align_corners=aligned)
    assert_close(F.grid_sample(cube, places, align_corners=aligned), cube)


@wengert_only  # PyTorch has no second derivative of bicubic samples
def test_grids_have_derivatives_of_every_order():
    image, places = t64(IMAGE), t64(PLACES)

    def cubed(p):
        return F.grid_sample(image, p, "bicubic", "border", False).pow(3).sum()

    forward = torch.func.jacfwd(torch.func.jacrev(cubed))(places)
    reverse = torch.autograd.functional.hessian(cubed, places)
    step = 1e-5
    apart = torch.func.grad(cubed)(places + step) - torch.func.grad(cubed)(places - step)
    assert_close(forward.sum((4, 5, 6, 7)), apart / (2 * step), rtol=1e-6, atol=1e-6)
    assert_close(forward, reverse)


def test_grids_are_mapped():
    images, places = t64(np.stack([IMAGE, 2 * IMAGE])), t64(np.stack([PLACES, PLACES / 2]))
    mapped = torch.func.vmap(lambda x, p: F.grid_sample(x, p, align_corners=False))(images, places)
    for i in range(2):
        assert_close(mapped[i], F.grid_sample(images[i], places[i], align_corners=False))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((torch.ones(1, 1, 2, 2), torch.ones(1, 2, 2, 3)), RuntimeError, "size 2 in last dimension"),
        ((torch.ones(1, 1, 2, 2), torch.ones(2, 2, 2, 2)), RuntimeError, "same batch size"),
        ((torch.ones(1, 1, 2, 2), torch.ones(1, 2, 2)), RuntimeError, "same number of dimensions"),
        ((torch.ones(1, 1, 0, 2), torch.ones(1, 2, 2, 2)), RuntimeError, "non-empty spatial dimensions"),
        ((torch.ones(1, 1, 2, 2), torch.ones(1, 2, 2, 2).double()), RuntimeError, "expected scalar type"),
        ((torch.ones(1, 1, 2, 2), torch.ones(1, 2, 2, 2), "cubic"), ValueError, "expected mode to be 'bilinear'"),
        ((torch.ones(1, 1, 2, 2), torch.ones(1, 2, 2, 2), "nearest", "wrap"), ValueError, "expected padding_mode"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        F.grid_sample(*arguments, align_corners=False)


def test_matrices_and_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="batch of 2D affine matrices of shape Nx2x3"):
        F.affine_grid(torch.ones(1, 2, 2), (1, 1, 2, 2), align_corners=False)
    with pytest.raises(NotImplementedError, match="only supports 4D and 5D sizes"):
        F.affine_grid(torch.ones(1, 2, 3), (1, 1, 2), align_corners=False)
    with pytest.raises(ValueError, match="Expected non-zero, positive output size"):
        F.affine_grid(torch.ones(1, 2, 3), (1, 1, 0, 2), align_corners=False)
    with pytest.warns(UserWarning, match="align_corners=False since 1.3.0"):
        F.affine_grid(torch.ones(1, 2, 3), (1, 1, 2, 2))


RESIZED = [
    ({"size": (2, 3)}, [-0.1487073876, 0.6065051551, 0.3686273765, 0.5010172344, -0.2858663315, -0.6046729411]),
    (
        {"size": (4, 2), "align_corners": True},
        [0.0, 0.1411200081, -0.7125677181, 0.6786926874, -0.2911743908, 0.1926642627, 0.9893582466, -0.9999902066],
    ),
    ({"size": (2, 2), "antialias": True}, [-0.0358847839, 0.4403834857, 0.0504893898, -0.4418772789]),
    ({"size": (2, 2), "antialias": True, "mode": "bilinear"}, [0.0158707943, 0.3658032773, 0.03611175, -0.3674680403]),
    (
        {"scale_factor": (1.5, 0.7)},
        [
            0.2426050188,
            1.1661987659,
            -0.4888614656,
            0.1582340697,
            -0.6512872868,
            -0.7094476543,
            0.6418304278,
            -0.2927157848,
        ],
    ),
]


@pytest.mark.parametrize("case", RESIZED, ids=lambda case: str(case[0]))
def test_cubics_and_means_resize(case):
    told, wanted = case
    told = {"mode": "bicubic", **told}
    assert_close(F.interpolate(t64(IMAGE), **told).reshape(-1), wanted, rtol=1e-8)
    x = t64(IMAGE, True)
    torch.autograd.gradcheck(lambda x: F.interpolate(x, **told), (x,))
    torch.autograd.gradgradcheck(lambda x: F.interpolate(x, **told).pow(2), (x,))


def test_means_are_of_images():
    with pytest.raises(ValueError, match="Anti-alias option is restricted to bilinear"):
        F.interpolate(torch.ones(1, 1, 2, 2), 1, antialias=True)
    with pytest.raises(NotImplementedError):
        F.interpolate(torch.ones(1, 1, 2), 1, mode="bicubic")
